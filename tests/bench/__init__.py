"""The figures that Steward promises, measured: `make bench`, or `make bench BENCH="door lists"` for some of them."""
