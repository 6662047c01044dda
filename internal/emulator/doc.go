// Package emulator is a Partner Center and its Entra token endpoint in memory,
// for tests, for demonstrations, and for people who write policies without a
// partner tenant.
//
// It answers in the shapes that Microsoft documents, down to the order of the
// keys, the byte order mark and the digits of the money. It has a believable
// partner of 25 customers, or as many generated ones as asked for, and can be
// told to misbehave. What it answers is the same at every run: all dates are
// derived from one fixed instant. Only sign-in goes by the real clock, since
// clients compare the expiry of a token with it.
//
// It deliberately shares no code with the client of this module, so that an
// error there cannot hide behind the same error here.
package emulator
