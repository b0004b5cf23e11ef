"""Reading other people's files: what a file is, its rows, its columns, their values. Pure: nothing here writes a record."""
