-- I1: units of a party's entry
update entries set units = units + 1 where (journal_id, number) =
  (select journal_id, number from entries where version = 2 order by journal_id limit 1)

-- I3: both sides of a journal
update entries set units = units * 2
  where journal_id = (select journal_id from entries where version = 1 limit 1)

-- I3: a balance written beside an entry
update entries set balance_after = balance_after + 1 where version = 2

-- I2: a balance below zero
update entries set balance_after = -1 where version = 2

-- I3: a version
update entries set version = 9 where version = 2

-- I1: an entry gone
delete from entries where version = 2

-- I3: an entry moved to another account
update entries e set account_id =
    (select id from accounts a where a.bounded and a.id <> e.account_id limit 1)
  where (journal_id, number) =
    (select journal_id, number from entries where version = 2 order by journal_id limit 1)

-- I1: an entry in another asset
update entries set asset = 'LTC' where version = 2

-- I1: an entry without account
update entries set account_id = journal_id where version = 2

-- I4: a journal's reference
update journals set reference = 'x'
  where id = (select journal_id from journal_seals where number = 2)

-- I4: a journal's time
update journals set posted_at = posted_at - interval '1 day'
  where id = (select journal_id from journal_seals where number = 2)

-- I4: a journal's recipe
update journals set recipe = 'x'
  where id = (select journal_id from journal_seals where number = 1)

-- I4: a sealed journal gone
with gone as (select journal_id as id from journal_seals where number = 2),
  lost as (delete from journals where id in (select id from gone))
delete from entries where journal_id in (select id from gone)

-- I4: a seal's hash
update journal_seals set hash = repeat('0', 64) where number = 2

-- I4: a seal gone
delete from journal_seals where number = 2

-- I4: the hashes of two seals exchanged
update journal_seals s set hash = (select hash from journal_seals o where o.number = 5 - s.number)
  where number in (2, 3)

-- I4: the newest seal cut off
delete from journal_seals where number = (select max(number) from journal_seals)

-- I4: a journal that is never to be sealed
delete from unsealed_journals

-- I3: a party's balance
update accounts set posted = posted + 5 where bounded

-- I3: a party's version
update accounts set version = version + 1 where bounded

-- I2: what is held
update accounts set held = held + 1 where bounded and held > 0

-- I2: a hold
update holds set units = units + 1

-- I2: a hold released alone
update holds set state = 'released'

-- I3: a system balance
update accounts set posted = posted + 5 where not bounded

-- I3: an account unbound
update accounts set bounded = false where bounded

-- I3: an account renamed
update accounts set owner = owner || 'x'

-- I3: an open entry gone
delete from unfolded_entries

-- I3: an open entry changed
update unfolded_entries set units = units + 1

-- I4: a trigger off
alter table entries disable trigger entries_immutable

-- I4: a trigger gone
drop trigger journals_balanced on journals

-- I4: a right given
grant update on entries to cambist_app

-- I4: a floor gone
alter table accounts drop constraint ck_accounts_floor
