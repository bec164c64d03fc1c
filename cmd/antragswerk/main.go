// Command antragswerk is the platform in one binary: the server, its migrations, the checks of form packages and of an
// installation. It knows everybody; wire.go alone chooses which adapter stands behind which port. It holds no business rules.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"text/tabwriter"

	"antragswerk/internal/web"
)

// version is set by the build.
var version = "development"

// command is one subcommand; args are what follows its name.
type command struct {
	name, help string
	run        func(ctx context.Context, args []string, out io.Writer) error
}

func commands() []command {
	return []command{
		{"serve", "run the server (the default)", serve},
		{"migrate", "bring the database to this version's tables", migrate},
		{"forms", "check DIR… | inspect DIR | render DIR | import --from xdf|rjsf FILE… -o DIR: form packages", formsCommand},
		{"demo", "fill --cases N: invented cases for the desks of a demo installation", demoCommand},
		{"keys", "status | rotate | drop ID | new ID: the master key, exchanged while the platform runs", keysCommand},
		{"audit", auditUsage + ": whether any event was changed, taken out, put in, moved or cut off", auditCommand},
		{"doctor", "tell in plain words what is configured, reachable and wrong", doctor},
		{"routes", "print the addresses that the server answers: method, pattern, whether a staff login is asked for first", printRoutes},
		{"version", "print the version", printVersion},
		{"help", "print this", help},
	}
}

// errSaid ends with status 1 when everything has been said already.
var errSaid = errors.New("")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	name, args := "serve", os.Args[1:]
	if len(args) > 0 {
		name, args = args[0], args[1:]
	}
	for _, c := range commands() {
		if c.name == name || name == "--help" && c.name == "help" || name == "-h" && c.name == "help" {
			if err := c.run(ctx, args, os.Stdout); err != nil {
				if !errors.Is(err, errSaid) {
					fmt.Fprintln(os.Stderr, "antragswerk:", err)
				}
				stop()
				os.Exit(1) //nolint:gocritic // stop was called
			}
			return
		}
	}
	fmt.Fprintf(os.Stderr, "antragswerk: unknown command %q; \"antragswerk help\" lists them\n", name)
	os.Exit(2)
}

func printVersion(_ context.Context, _ []string, out io.Writer) error {
	_, err := fmt.Fprintln(out, "antragswerk", version)
	return err
}

func printRoutes(_ context.Context, _ []string, out io.Writer) error {
	for _, r := range web.Table() {
		guard := ""
		if r.Staff {
			guard = " staff"
		}
		if _, err := fmt.Fprintf(out, "%s %s%s\n", r.Method, r.Path, guard); err != nil {
			return err
		}
	}
	return nil
}

func help(_ context.Context, _ []string, out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "antragswerk COMMAND")
	for _, c := range commands() {
		fmt.Fprintf(w, "  %s\t%s\n", c.name, c.help)
	}
	fmt.Fprintln(w, "\nSettings, from the environment or lines KEY=VALUE in the file that CONFIG_FILE names:")
	for _, s := range settings {
		fmt.Fprintf(w, "  %s\t%s\t%s\n", s.key, s.fallback, s.help)
	}
	return w.Flush()
}
