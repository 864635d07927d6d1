"""A clinic's living week of invented people, lived through the real services at past moments."""
