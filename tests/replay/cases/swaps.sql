-- # a table takes another one's place: the index of its key gets a number
CREATE TABLE member (id int PRIMARY KEY, name text);
INSERT INTO member VALUES (1, 'a');
CREATE TABLE visit (member_id int);
---
CREATE TABLE member_new (id int PRIMARY KEY, name text); -- repeats, alone fails 42P07
INSERT INTO member_new SELECT id, name FROM member; -- safe, alone fails 23505
DROP TABLE member CASCADE; -- repeats, alone fails 42P01
ALTER TABLE member_new RENAME TO member; -- repeats, alone fails 42P01
ALTER TABLE visit ADD CONSTRAINT visit_member FOREIGN KEY (member_id) REFERENCES member (id); -- repeats, alone fails 42710

-- # one that is made under the old name, with a sequence
CREATE TABLE note (id serial PRIMARY KEY, label text UNIQUE);
INSERT INTO note VALUES (1, 'a');
---
ALTER TABLE note RENAME TO note_old; -- repeats, alone fails 42P01
CREATE TABLE note (id serial PRIMARY KEY, label text UNIQUE); -- repeats, alone fails 42P07
INSERT INTO note SELECT id, label FROM note_old; -- safe, alone fails 23505
DROP TABLE note_old; -- repeats, alone fails 42P01

-- # who names the index anew has the same one each time
CREATE TABLE note (id int UNIQUE, label text);
INSERT INTO note VALUES (1, 'a');
---
CREATE TABLE note_new (id int UNIQUE, label text); -- safe, alone fails 42P07
INSERT INTO note_new SELECT id, label FROM note; -- safe, alone fails 23505
DROP TABLE note; -- safe, alone fails 42P01
ALTER TABLE note_new RENAME TO note; -- safe, alone fails 42P01
ALTER INDEX note_new_id_key RENAME TO note_id_key; -- safe, alone fails 42P01

-- # a table without a key or a sequence comes with nothing
CREATE TABLE note (id int, label text);
INSERT INTO note VALUES (1, 'a');
---
CREATE TABLE note_new (id int, label text); -- safe, alone fails 42P07
INSERT INTO note_new SELECT id, label FROM note; -- safe, alone repeats
DROP TABLE note; -- safe, alone fails 42P01
ALTER TABLE note_new RENAME TO note; -- safe, alone fails 42P01

-- # a foreign key without columns stands on the primary key, whatever its name
CREATE TABLE member (id int PRIMARY KEY);
INSERT INTO member VALUES (1);
CREATE TABLE visit (member_id int CONSTRAINT visit_member REFERENCES member);
---
ALTER TABLE visit DROP CONSTRAINT visit_member; -- repeats, alone fails 42704
CREATE TABLE member_new (id int PRIMARY KEY); -- repeats, alone fails 42P07
INSERT INTO member_new SELECT id FROM member; -- safe, alone fails 23505
DROP TABLE member; -- repeats, alone fails 42P01
ALTER TABLE member_new RENAME TO member; -- repeats, alone fails 42P01
ALTER TABLE visit ADD CONSTRAINT visit_member FOREIGN KEY (member_id) REFERENCES member; -- repeats, alone fails 42710

-- # an index of which nobody gave the name
CREATE TABLE note (id int, label text);
INSERT INTO note VALUES (1, 'a');
---
CREATE TABLE note_new (id int, label text); -- safe, alone fails 42P07
CREATE INDEX ON note_new (label); -- repeats
INSERT INTO note_new SELECT id, label FROM note; -- safe, alone repeats
DROP TABLE note; -- repeats, alone fails 42P01
ALTER TABLE note_new RENAME TO note; -- repeats, alone fails 42P01

-- # a column that is swapped stands behind one that came since
CREATE TABLE note (id int, label text, size int);
---
ALTER TABLE note ADD COLUMN label_new text; -- safe, alone fails 42701
UPDATE note SET label_new = label; -- safe
ALTER TABLE note DROP COLUMN label; -- repeats, alone fails 42703
ALTER TABLE note RENAME COLUMN label_new TO label; -- repeats, alone fails 42703
ALTER TABLE note ADD COLUMN IF NOT EXISTS weight int; -- safe

-- # the last column is swapped for the last one
CREATE TABLE note (id int, label text, size int);
---
ALTER TABLE note ADD COLUMN label_new text; -- safe, alone fails 42701
UPDATE note SET label_new = label; -- safe
ALTER TABLE note DROP COLUMN label; -- safe, alone fails 42703
ALTER TABLE note RENAME COLUMN label_new TO label; -- safe, alone fails 42703

-- # a view that is replaced takes the columns that came since
CREATE TABLE note (id int, label text);
---
CREATE OR REPLACE VIEW notes AS SELECT * FROM note; -- repeats, alone safe
ALTER TABLE note ADD COLUMN IF NOT EXISTS size int; -- safe

-- # and one over it, those of the view
CREATE TABLE note (id int, label text);
---
CREATE OR REPLACE VIEW notes AS SELECT id FROM note; -- fails 42P16, alone safe
CREATE OR REPLACE VIEW all_notes AS SELECT * FROM notes; -- repeats, alone safe
CREATE OR REPLACE VIEW notes AS SELECT id, label FROM note; -- safe

-- # who drops the view first has made another one, too
CREATE TABLE note (id int, label text);
---
DROP VIEW IF EXISTS notes; -- repeats, alone safe
CREATE VIEW notes AS SELECT * FROM note; -- repeats, alone fails 42P07
ALTER TABLE note ADD COLUMN IF NOT EXISTS size int; -- safe

-- # nothing came since
CREATE TABLE note (id int, label text);
---
ALTER TABLE note ADD COLUMN IF NOT EXISTS size int; -- safe
DROP VIEW IF EXISTS notes; -- safe
CREATE VIEW notes AS SELECT * FROM note; -- safe, alone fails 42P07

-- # who makes it again at the end gives it what it had
CREATE TABLE note (id int, label text);
---
CREATE OR REPLACE VIEW notes AS SELECT * FROM note; -- safe
ALTER TABLE note ADD COLUMN IF NOT EXISTS size int; -- safe
CREATE OR REPLACE VIEW notes AS SELECT * FROM note; -- safe
