"""One module for each kind of question: facts → Answer."""
