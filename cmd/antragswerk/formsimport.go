package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"antragswerk/internal/formimport"
)

// formsImport turns foreign files into a form package: it writes the folder with the report in its README.md, and prints
// the report's summary. A folder that holds something already is left alone unless --force is given, because an import
// would take the place of what a person has mended.
func formsImport(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("forms import", flag.ContinueOnError)
	from := flags.String("from", "", "xdf (FIM XDatenfelder 2 and 3, with genericode code lists) or rjsf (react-jsonschema-form)")
	dir := flags.String("o", "", "folder to write the package to")
	force := flags.Bool("force", false, "overwrite the files of the package in the folder")
	var names []string
	for len(args) > 0 { // flags may stand after the files
		if err := flags.Parse(args); err != nil {
			return err
		}
		if args = flags.Args(); len(args) > 0 {
			names, args = append(names, args[0]), args[1:]
		}
	}
	importer := map[string]func(...formimport.File) (*formimport.Import, error){"xdf": formimport.XDF, "rjsf": formimport.RJSF}[*from]
	switch {
	case importer == nil:
		return fmt.Errorf("forms import: --from %q; write --from xdf or --from rjsf", *from)
	case len(names) == 0:
		return errors.New("forms import: name the file: a schema, a ZIP, or a schema and what belongs to it")
	case *dir == "":
		return errors.New("forms import: name the folder for the package with -o DIR")
	}
	if entries, err := os.ReadDir(*dir); err == nil && len(entries) > 0 && !*force {
		return fmt.Errorf("forms import: %s is not empty; choose another folder, or --force to overwrite", *dir)
	}
	made, err := importFiles(importer, names)
	if err != nil {
		return fmt.Errorf("forms import: %w", err)
	}
	for _, f := range made.Files {
		name := filepath.Join(*dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil { // #nosec -- a package is no secret
			return err
		}
		if err := os.WriteFile(name, f.Body, 0o644); err != nil { // #nosec -- a package is no secret
			return err
		}
	}
	fmt.Fprint(out, made.Report.Summary())
	_, err = fmt.Fprintf(out, "written to %s; read %s, then run: antragswerk forms check %s\n", *dir, filepath.Join(*dir, "README.md"), *dir)
	return err
}

func importFiles(importer func(...formimport.File) (*formimport.Import, error), names []string) (*formimport.Import, error) {
	var files []formimport.File
	for _, name := range names {
		f, err := os.Open(name) // #nosec -- the user names the file
		if err != nil {
			return nil, err
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			return nil, err
		}
		if !info.Mode().IsRegular() {
			return nil, fmt.Errorf("%s is no file", name)
		}
		files = append(files, formimport.File{Name: filepath.Base(name), Body: f, Size: info.Size()})
	}
	return importer(files...)
}
