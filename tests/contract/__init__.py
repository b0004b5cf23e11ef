"""One contract per port, passed by all of its engines."""
