-- Every word that the index of words has: what a begun word may be is read from it.
-- It holds nothing of its own, so a word that is forgotten there is not here either.
CREATE VIRTUAL TABLE terms USING fts5vocab (words, instance);
