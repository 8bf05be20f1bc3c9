"""Power: what a yearly evaluation of the experiment would notice, beside what is true."""
