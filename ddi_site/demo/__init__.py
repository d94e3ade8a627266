"""The demonstration: a corpus written for this project, people to review it, and a rehearsal of the whole loop."""
