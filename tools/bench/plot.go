package main

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	vgdraw "gonum.org/v1/plot/vg/draw"
)

// draw writes the time over the size, a line a series.
func draw(file string, r results) error {
	p := plot.New()
	p.Title.Text = "terraform plan"
	p.X.Label.Text, p.Y.Label.Text = "customers, or records of utilization", "seconds"
	p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
	p.X.Tick.Marker, p.Y.Tick.Marker = plot.LogTicks{Prec: -1}, plot.LogTicks{Prec: -1}
	p.Legend.Top, p.Legend.Left = true, true
	p.Add(plotter.NewGrid())

	colours := []color.Color{
		color.RGBA{0x00, 0x72, 0xb2, 0xff},
		color.RGBA{0xd5, 0x5e, 0x00, 0xff},
		color.RGBA{0x00, 0x9e, 0x73, 0xff},
		color.RGBA{0xcc, 0x79, 0xa7, 0xff},
		color.RGBA{0x56, 0xb4, 0xe9, 0xff},
		color.RGBA{0xe6, 0x9f, 0x00, 0xff},
		color.RGBA{0x00, 0x00, 0x00, 0xff},
		color.RGBA{0x80, 0x80, 0x80, 0xff},
		color.RGBA{0x99, 0x00, 0x00, 0xff},
	}
	drawn := 0
	for _, s := range allSeries {
		points := r.points(s)
		if len(points) < 2 {
			continue
		}
		line, marks, err := plotter.NewLinePoints(points)
		if err != nil {
			return err
		}
		line.Color = colours[drawn%len(colours)]
		line.Width = vg.Points(1.5)
		if s.rival {
			line.Dashes = []vg.Length{vg.Points(5), vg.Points(3)}
		}
		marks.Color, marks.Shape = line.Color, vgdraw.CircleGlyph{}
		p.Add(line, marks)
		p.Legend.Add(s.title, line, marks)
		drawn++
	}
	if drawn == 0 {
		return nil
	}
	return p.Save(9*vg.Inch, 6*vg.Inch, file)
}

func (r results) points(s series) plotter.XYs {
	var points plotter.XYs
	for _, size := range s.sizes {
		if found := r.find(s.name, size); found != nil && size > 0 {
			points = append(points, plotter.XY{X: float64(size), Y: found.median()})
		}
	}
	return points
}
