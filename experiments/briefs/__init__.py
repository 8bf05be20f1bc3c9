"""The brief: two pages made from the results in a folder, as HTML, PDF or Word."""
