"""A dossier of Démarches Simplifiées read as answers to a call's form (pure): what maps to what, what is wrong."""
