"""The kernel: the words and the one door that every room shares. It knows no real estate."""
