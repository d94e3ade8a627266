"""Scripted reviewers answer from known labels, so that orders of the queue can be compared without people."""
