package gateway

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"

	"github.com/cappertrophy/panwall/gateway/config"
)

// predecessor is the environment variable that names the process whose sockets were handed over.
const predecessor = "PANWALL_PREDECESSOR"

// Succeed starts cmd as this gateway's successor and gives it the bound sockets. The successor reads its configuration
// and rules, tells this process to drain, and serves once the redaction log is free; meanwhile connections wait in the
// kernel's queue. A successor that cannot start leaves this gateway as it is, and the log says why.
func (g *Gateway) Succeed(cmd *exec.Cmd) {
	if !g.succeeding.CompareAndSwap(false, true) {
		g.log.Warn().Msg("a successor is on its way already")
		return
	}
	if err := g.startSuccessor(cmd); err != nil {
		g.succeeding.Store(false)
		g.log.Error().Err(err).Msg("no successor: this gateway goes on")
		return
	}
	g.log.Info().Int("pid", cmd.Process.Pid).Msg("successor started")
	go func() {
		err := cmd.Wait() // while this process lives, that is before it took over
		g.succeeding.Store(false)
		g.log.Error().Err(err).Msg("the successor ended before it took over")
	}()
}

func (g *Gateway) startSuccessor(cmd *exec.Cmd) error {
	cmd.Env = append(cmd.Environ(), predecessor+"="+strconv.Itoa(os.Getpid()))
	started, err := g.edge.Hand(cmd)
	if err != nil {
		return err
	}
	defer started()
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting a successor: %w", err)
	}
	return nil
}

// relieve tells the predecessor to drain, once configuration and rules are known to be sound. One that is gone, so that
// somebody else is the parent now, has nothing to be told.
func (g *Gateway) relieve(*config.Config) error {
	pid, err := strconv.Atoi(g.getenv(predecessor))
	if err != nil || pid != os.Getppid() {
		return nil
	}
	g.log.Info().Int("pid", pid).Msg("taking over from the predecessor")
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		return fmt.Errorf("relieving the predecessor: %w", err)
	}
	return nil
}

// patience is how long the redaction log's other writer is waited for: a predecessor has its drain time-out to end.
func (g *Gateway) patience(c *config.Config) time.Duration {
	if g.getenv(predecessor) == "" {
		return 0
	}
	return c.Listen.Limits.DrainTimeout + closePatience + time.Second
}
