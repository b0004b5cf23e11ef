"""The engines: one folder per port, one file per engine. Only `bootstrap` chooses among them."""
