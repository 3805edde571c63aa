"""The tables of keys, by place; ``keymap`` joins them."""
