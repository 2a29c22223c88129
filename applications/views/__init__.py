"""Pages of the applicants, and the small answers that their scripts ask for."""
