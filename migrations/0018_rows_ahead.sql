create table held_rows (
  market    text             not null,
  interval  text             not null,
  open_time timestamptz      not null,
  open      double precision not null,
  high      double precision not null,
  low       double precision not null,
  close     double precision not null,
  volume    double precision not null,
  seen      timestamptz      not null,
  primary key (market, interval)
);
comment on table held_rows is 'Rows far ahead of the newest bar of their stream: judged when the next row confirms them, dropped when it does not.';
