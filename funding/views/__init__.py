"""The laureate's pages: where a convention stands, and the text that is agreed on."""
