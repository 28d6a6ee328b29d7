package edge

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// firstInherited is the first descriptor passed by systemd and by a predecessor (sd_listen_fds(3)).
const firstInherited = 3

// handover announces sockets to a successor, which cannot be told LISTEN_PID: its process does not exist yet.
const handover = "PANWALL_SOCKETS"

// sockets are listeners that came with the process, by name: https, http, or what the unit file says.
type sockets struct {
	listeners []*net.TCPListener
	names     []string
}

// inherit takes over what systemd (LISTEN_FDS) or a predecessor announces.
func inherit(getenv func(string) string) (*sockets, error) {
	count, names := getenv("LISTEN_FDS"), getenv("LISTEN_FDNAMES")
	if handed := getenv(handover); handed != "" {
		count, names = strconv.Itoa(1+strings.Count(handed, ":")), handed
	} else if getenv("LISTEN_PID") != strconv.Itoa(os.Getpid()) {
		return &sockets{}, nil
	}
	n, err := strconv.Atoi(count)
	if err != nil || n < 0 || n > 64 {
		return nil, errors.New("taking over sockets: LISTEN_FDS is no small number")
	}
	s := &sockets{}
	labels := strings.Split(names, ":")
	for i := range n {
		name := ""
		if i < len(labels) {
			name = labels[i]
		}
		if err := s.adopt(firstInherited+i, name); err != nil {
			s.closeRest()
			return nil, fmt.Errorf("taking over socket %d: %w", firstInherited+i, err)
		}
	}
	return s, nil
}

// adopt makes a listener of a descriptor. One that is no TCP socket is somebody else's, the admin socket for one.
func (s *sockets) adopt(fd int, name string) error {
	address, err := syscall.Getsockname(fd)
	if err != nil {
		return err
	}
	if _, unix := address.(*syscall.SockaddrUnix); unix {
		return nil
	}
	syscall.CloseOnExec(fd)
	f := os.NewFile(uintptr(fd), name)
	defer f.Close()
	l, err := net.FileListener(f)
	if err != nil {
		return err
	}
	tcp, ok := l.(*net.TCPListener)
	if !ok {
		_ = l.Close()
		return errors.New("it is no TCP listener")
	}
	s.listeners, s.names = append(s.listeners, tcp), append(s.names, name)
	return nil
}

// take gives the inherited listener for an address: the one bound to it, else the next one with the group's name.
func (s *sockets) take(address string, secure bool) *net.TCPListener {
	name := "http"
	if secure {
		name = "https"
	}
	found := -1
	for i, l := range s.listeners {
		if l != nil && sameAddress(l.Addr().String(), address) {
			found = i
			break
		}
		if l != nil && found < 0 && s.names[i] == name {
			found = i
		}
	}
	if found < 0 {
		return nil
	}
	l := s.listeners[found]
	s.listeners[found] = nil
	return l
}

// sameAddress compares a bound address with a configured one; the kernel writes 0.0.0.0 as [::] on dual sockets.
func sameAddress(bound, configured string) bool {
	if bound == configured {
		return true
	}
	a, errA := netip.ParseAddrPort(bound)
	b, errB := net.ResolveTCPAddr("tcp", configured)
	if errA != nil || errB != nil || int(a.Port()) != b.Port {
		return false
	}
	want, _ := netip.AddrFromSlice(b.IP)
	unspecified := !want.IsValid() || want.IsUnspecified()
	return a.Addr().Unmap() == want.Unmap() || unspecified && a.Addr().IsUnspecified()
}

// closeRest closes what nobody took.
func (s *sockets) closeRest() {
	for _, l := range s.listeners {
		if l != nil {
			_ = l.Close()
		}
	}
}

// Hand gives the bound sockets to a successor: call it before cmd.Start and what it returns after. Connections that
// arrive while the one drains and the other prepares wait in the kernel's queue; none is refused or reset, which
// SO_REUSEPORT could not promise.
func (e *Edge) Hand(cmd *exec.Cmd) (started func(), err error) {
	var names []string
	var files []*os.File
	started = func() { e.takeBack(files) }
	for _, l := range e.listening {
		f, err := l.bound.File()
		if err != nil {
			started()
			return nil, fmt.Errorf("handing over %s: %w", l.name, err)
		}
		name := "http"
		if l.secure {
			name = "https"
		}
		files, names = append(files, f), append(names, name)
	}
	if len(cmd.ExtraFiles) > 0 { // the successor counts from firstInherited
		started()
		return nil, errors.New("handing over sockets: the command already passes files")
	}
	cmd.ExtraFiles = files
	cmd.Env = append(cmd.Environ(), handover+"="+strings.Join(names, ":"))
	return started, nil
}

// takeBack closes our copies. os/exec has made the sockets blocking, for both processes, since that is a property of
// what they share; an Accept of ours must never block a thread.
func (e *Edge) takeBack(files []*os.File) {
	for _, f := range files {
		_ = f.Close()
	}
	for _, l := range e.listening {
		raw, err := l.bound.SyscallConn()
		if err == nil {
			_ = raw.Control(func(fd uintptr) { _ = syscall.SetNonblock(int(fd), true) })
		}
	}
}
