-- By what a provider can be asked later about an attempt that it never answered.

ALTER TABLE attempts ADD COLUMN handle TEXT NOT NULL DEFAULT '';
