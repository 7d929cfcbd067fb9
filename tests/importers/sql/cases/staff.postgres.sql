-- A company: every kind of rule that PostgreSQL knows.
CREATE SCHEMA sales;
CREATE SCHEMA hr;
CREATE TYPE sales.status AS ENUM ('new', 'in progress', 'done');
CREATE DOMAIN email AS text CHECK (VALUE ~ '^[a-z]+@[a-z]+\.com$');
CREATE TABLE hr.people (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  mail email UNIQUE NOT NULL,
  boss_id bigint NOT NULL REFERENCES hr.people (id),
  "Full Name" varchar(40) NOT NULL CHECK ("Full Name" <> ''),
  born date CHECK (born >= '1950-01-01' AND born < current_date),
  left_on date, CHECK (left_on IS NULL OR left_on > born),
  grade char(1) CHECK (grade IN ('A','B','C')) DEFAULT 'A',
  code text CHECK (code LIKE 'EMP-%') UNIQUE,
  UNIQUE (id, mail)
);
COMMENT ON TABLE hr.people IS 'Everybody on the payroll.';
COMMENT ON COLUMN hr.people.mail IS 'Where to write to.';
CREATE TABLE sales.orders (
  region smallint NOT NULL,
  no int NOT NULL,
  status sales.status NOT NULL DEFAULT 'new',
  seller_mail email NOT NULL REFERENCES hr.people (mail),
  qty int NOT NULL CHECK (qty BETWEEN 1 AND 20),
  price numeric(8,2) NOT NULL CHECK (price > 0),
  total numeric(12,2) GENERATED ALWAYS AS (qty * price) STORED,
  net numeric(12,2) NOT NULL,
  discount numeric(3,2) DEFAULT 0 CHECK (discount >= 0 AND discount < 1),
  placed timestamptz NOT NULL DEFAULT now(),
  shipped timestamptz,
  parity int CHECK (parity % 2 = 0),
  PRIMARY KEY (region, no),
  CONSTRAINT net_is CHECK (net = qty * price),
  CONSTRAINT shipped_later CHECK (shipped >= placed),
  CONSTRAINT odd CHECK (cardinality(ARRAY[qty]) = 1)
);
CREATE TABLE sales.lines (
  region smallint, no int, line smallint, note text, tags text[], box point, img bytea,
  PRIMARY KEY (region, no, line),
  FOREIGN KEY (region, no) REFERENCES sales.orders
);
CREATE TABLE hr.orders (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), flag boolean UNIQUE);
CREATE UNIQUE INDEX one_open ON sales.orders (seller_mail) WHERE status = 'new';
CREATE VIEW v AS SELECT 1;
CREATE TABLE t2 AS SELECT 1;
CREATE TABLE z (a int);
