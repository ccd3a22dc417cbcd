-- What each wall display told of itself last: what it shows, and how it fares. JSON.
CREATE TABLE screen_state (
  screen text PRIMARY KEY,
  at text NOT NULL,
  body text NOT NULL
);
