"""Pages of partners, of jurors, and of the applicant's outcome."""
