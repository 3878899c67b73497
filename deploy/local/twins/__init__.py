"""What is outside us, as local processes that behave like the real ones, over real HTTP."""
