"""Pages: layout only. What they say comes from view models, what they draw from components."""
