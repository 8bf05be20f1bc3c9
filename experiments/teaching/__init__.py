"""Teaching: lessons that ask a prediction first, twin lives, a notebook and a guide."""
