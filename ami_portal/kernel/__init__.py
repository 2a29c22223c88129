"""What every room stands on: the clock, money, permissions, the guard of pages. No models; imports no app."""
