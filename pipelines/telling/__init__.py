"""People are told of what happens to a study: each event is noticed, put into an outbox and delivered, once."""
