"""Figures, against named peers on the same work in the same run."""
