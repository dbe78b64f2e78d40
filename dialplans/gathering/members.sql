-- Who belongs to which group. gather.py makes its database of this where there is none yet; change that one later.
CREATE TABLE members (number TEXT NOT NULL, grp TEXT NOT NULL, PRIMARY KEY (number, grp));
INSERT INTO members VALUES ('301', '100'), ('302', '100'), ('303', '100');
INSERT INTO members VALUES ('304', '101'), ('305', '101');
