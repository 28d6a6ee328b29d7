package edge

import (
	"slices"

	"github.com/rs/zerolog"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// zapTo gives certmagic, which logs through zap, a logger that writes to ours. Nothing else in panwall imports zap.
// A panic or fatal entry ends the goroutine that wrote it, never the process.
func zapTo(log zerolog.Logger) *zap.Logger {
	core := zapCore{log: log.With().Str("component", "certmagic").Logger()}
	return zap.New(core, zap.WithPanicHook(zapcore.WriteThenGoexit), zap.WithFatalHook(zapcore.WriteThenGoexit))
}

type zapCore struct {
	log    zerolog.Logger
	fields []zapcore.Field
}

// visitors are fields in which certmagic would write down who shook hands.
var visitors = []string{"remote", "remote_ip", "remote_port", "remote_addr", "user_agent", "uri"}

// levels maps zap's levels; those with which it would end the process become errors.
var levels = map[zapcore.Level]zerolog.Level{
	zapcore.DebugLevel: zerolog.DebugLevel, zapcore.InfoLevel: zerolog.InfoLevel, zapcore.WarnLevel: zerolog.WarnLevel,
}

func levelOf(l zapcore.Level) zerolog.Level {
	if mapped, ok := levels[l]; ok {
		return mapped
	}
	return zerolog.ErrorLevel
}

// Enabled is part of zapcore.Core.
func (c zapCore) Enabled(l zapcore.Level) bool { return levelOf(l) >= c.log.GetLevel() }

// With is part of zapcore.Core.
func (c zapCore) With(fields []zapcore.Field) zapcore.Core {
	return zapCore{log: c.log, fields: append(slices.Clip(c.fields), fields...)}
}

// Check is part of zapcore.Core.
func (c zapCore) Check(e zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if !c.Enabled(e.Level) {
		return checked
	}
	return checked.AddCore(e, c)
}

// Write is part of zapcore.Core.
func (c zapCore) Write(e zapcore.Entry, fields []zapcore.Field) error {
	m := zapcore.NewMapObjectEncoder()
	for _, f := range append(slices.Clip(c.fields), fields...) {
		if !slices.Contains(visitors, f.Key) {
			f.AddTo(m)
		}
	}
	event := c.log.WithLevel(levelOf(e.Level))
	if len(m.Fields) > 0 {
		event = event.Interface("fields", m.Fields)
	}
	event.Msg(e.Message)
	return nil
}

// Sync is part of zapcore.Core.
func (c zapCore) Sync() error { return nil }
