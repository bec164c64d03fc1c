package web

// Route is a line of the route table, as operators and tests see it.
type Route struct {
	Method, Path string
	Staff        bool // a staff login is asked for before anything else
}

// Table is the whole route table, in order. What a demo installation mounts beside it is not ours.
func Table() []Route {
	var list []Route
	for _, rt := range new(Server).routes() {
		list = append(list, Route{Method: rt.method, Path: rt.path, Staff: rt.guard == staffOnly})
	}
	return list
}
