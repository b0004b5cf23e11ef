"""What each page does: ask the commands, shape the answers into a view, render it."""
