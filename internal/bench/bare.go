package main

import (
	"context"
	"io/fs"
	"time"

	"github.com/gofiber/fiber/v2"

	"antragswerk/forms"
	"antragswerk/internal/formdef"
	"antragswerk/internal/locale"
	"antragswerk/internal/web/page"
)

// journeyService is the form that pages and journeys are measured with.
const journeyService = "hundesteuer-anmeldung"

// bare serves the same form page as the product from a view that was made before, and does nothing else: the reference
// for rendering with fiber and templ on this machine.
func bare(at string) error {
	sub, err := fs.Sub(forms.Files, journeyService)
	if err != nil {
		return err
	}
	p, err := formdef.Load(journeyService, sub)
	if err != nil {
		return err
	}
	form, err := formdef.Compile(p)
	if err != nil {
		return err
	}
	view, _ := form.View(0, formdef.State{Answers: formdef.Answers{}, Now: time.Now(), Lang: "de"}, nil)
	drawAnew(view.Elements)
	shell := page.Shell{L: locale.For("de"), Title: view.Title, CSRF: "token", Path: "/", FormID: "antrag", Brand: page.Brand{Name: "Stadt Jena", State: "Freistaat Thüringen", Home: "/jena"}}
	app := fiber.New(fiber.Config{DisableStartupMessage: true, Immutable: true})
	app.Get("/", func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderContentType, "text/html; charset=utf-8")
		return page.ApplyPage(shell, page.FormPage{Service: "Hundesteuer anmelden", View: view, Action: "/1"}).Render(context.Background(), c.Response().BodyWriter())
	})
	return app.Listen(at)
}

// drawAnew takes away what the product keeps of blank fields: the reference draws each with templ, every time.
func drawAnew(elements []formdef.Element) {
	for i := range elements {
		if f := elements[i].Field; f != nil {
			f.Blank = nil
		}
		drawAnew(elements[i].Children)
	}
}
