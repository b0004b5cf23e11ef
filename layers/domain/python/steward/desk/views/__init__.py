"""View-models: from the answers of commands to what a template shows. Pure functions, no figures of their own."""
