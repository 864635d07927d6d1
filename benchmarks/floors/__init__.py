"""What the subjects are measured against: the least work that could do it, written fast."""
