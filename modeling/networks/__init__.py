"""The shapes of models: a pretrained encoder and what stands on it."""
