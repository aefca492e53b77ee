"""The affiliate's broker: price, orders to buy and sell, and the eight cases that hold them."""
