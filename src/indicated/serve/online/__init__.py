"""Public registers and libraries, asked where the user allows it and says so; nothing otherwise."""
