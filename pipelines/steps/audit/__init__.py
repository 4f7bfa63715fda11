"""The audit of a release: what somebody who has all releases can bound of hidden figures; reads final tables only."""
