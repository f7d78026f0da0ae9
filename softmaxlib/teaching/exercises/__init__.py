"""The checks behind the exercises: a folder for each part of the book, in it a module for each chapter."""
