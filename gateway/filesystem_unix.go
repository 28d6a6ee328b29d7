//go:build unix

package gateway

import (
	"io/fs"
	"syscall"
)

func sameFileSystem(a, b fs.FileInfo) bool {
	x, xok := a.Sys().(*syscall.Stat_t)
	y, yok := b.Sys().(*syscall.Stat_t)
	return xok && yok && x.Dev == y.Dev
}
