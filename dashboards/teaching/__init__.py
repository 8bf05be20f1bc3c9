"""The page Class: lessons that ask a prediction first, twin lives, and what a lecturer needs."""
