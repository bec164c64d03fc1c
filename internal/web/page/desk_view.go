package page

// DeskViewer shows one attachment beside the answers. A picture is made anew by the server; a PDF stands in a frame of its own,
// in which nothing of it can reach the page.
type DeskViewer struct {
	Name          string
	Picture       bool
	Source        string // address of what is shown
	DownloadURL   string
	CloseURL      string
	Turn          int // degrees, clockwise
	Large         bool
	LeftURL       string // the same, turned to the left
	RightURL      string
	ZoomURL       string // the same, larger or fitting
	PreviousURL   string // another attachment, "" none
	NextURL       string
	Number, Of    int
	PictureSource string // without size and turn, for the script
}

func (v DeskViewer) zoomWord() string {
	if v.Large {
		return "desk.view.fit"
	}
	return "desk.view.large"
}
