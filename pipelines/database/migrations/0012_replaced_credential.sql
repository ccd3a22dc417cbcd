-- Since when another has the place of this one. It is good for some hours more: of two that hold it the other may have been first.
ALTER TABLE screen_credential ADD COLUMN replaced_at text;
