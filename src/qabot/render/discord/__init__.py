"""Results -> Discord messages, as plain data; no discord.py. Every text that the bot writes stands here.

`message` says what a message is made of, `markup` how a text is shown character by character; the others make one kind
of message each.
"""
