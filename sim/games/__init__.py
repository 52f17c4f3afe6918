"""A class plays: teams decide levers by rounds in one common market."""
