"""What the code must stay, held by tests rather than by memory."""
