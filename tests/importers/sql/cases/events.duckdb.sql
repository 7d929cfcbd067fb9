-- DuckDB
CREATE TYPE mood AS ENUM ('happy', 'sad');
CREATE TABLE users (id UUID PRIMARY KEY DEFAULT uuid(), tenant UINTEGER NOT NULL, nick VARCHAR NOT NULL, UNIQUE (tenant, nick));
CREATE TABLE events (
  user_id UUID NOT NULL REFERENCES users (id),
  seq INTEGER NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  mood mood,
  tags VARCHAR[],
  payload JSON,
  took INTERVAL,
  big HUGEINT,
  low DOUBLE NOT NULL, high DOUBLE NOT NULL,
  PRIMARY KEY (user_id, seq),
  CHECK (low < high)
);
