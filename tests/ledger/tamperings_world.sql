-- I6: a credit counted twice
update payments set credits = credits + 1 where direction = 'in' and state = 'confirmed'

-- I6: a payment made larger
update payments set units = units + 1 where direction = 'in' and state = 'confirmed'

-- I6: a payment of another output
update payments set index = index + 1 where direction = 'in'

-- I6: a confirmed payment forgotten
delete from payments where id = (select id from payments
  where direction = 'in' and state = 'confirmed' and order_id is not null limit 1)

-- I6: an order that received more than it did
update orders set confirmed = confirmed + 1 where kind = 'payment'

-- I6: an order that forgot a refund
update orders set refunded = 0 where refunded > 0

-- I5: more refunded than confirmed
update orders set confirmed = refunded - 1 where refunded > 0

-- I5: a settled payout of another amount
update withdrawals set units = units + 1 where state = 'settled' and order_id is not null

-- I5: a settled payout of another cost
update withdrawals set network_fee = network_fee + 1 where state = 'settled'

-- I5: a settled payout forgotten
delete from withdrawals where state = 'settled'

-- I5: a payout settled without a journal
update withdrawals set state = 'settled' where state = 'accepted'

-- I5: an open payout without its hold
delete from holds where state = 'active'

-- I5: a hold of another size
update holds set units = units - 1 where state = 'active'

-- I5: a hold captured before its order is complete
update holds set state = 'captured' where state = 'active'

-- I12: a coin more than is booked
update coins set units = units + 1 where spent_by is null

-- I12: a coin gone
delete from coins where spent_by is null

-- I12: a coin moved to another place
update coins set place = case place when 'hot' then 'deposit' else 'hot' end where spent_by is null

-- I9: an event gone
delete from outbox where seq = 2

-- I9: an event more
insert into outbox (aggregate_id, seq, name, facts, happened_at)
  select id, seq + 1, 'order.completed', '{}', now() from orders
